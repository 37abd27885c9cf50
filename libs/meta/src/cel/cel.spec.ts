import { extendEnvironment } from './environment.ts';
import { CelCompileError, CelCostError, CelError } from './errors.ts';
import { CelBudget } from './interpreter.ts';
import { kubernetesEnvironment } from './library/index.ts';
import { compileCel } from './program.ts';
import { BOOL, DYN, INT, listOf, mapOf, objectType, STRING, TIMESTAMP } from './types.ts';
import { toCel } from './values.ts';

const self = objectType('object', {
  name: STRING,
  count: INT,
  tags: listOf(STRING),
  limits: mapOf(STRING, INT),
  when: TIMESTAMP,
  inner: objectType('object.inner', { on: BOOL }),
});
const environment = extendEnvironment(kubernetesEnvironment, { variables: { self, any: DYN } });
const json = {
  name: 'widget',
  count: 3,
  tags: ['a', 'b', 'c'],
  limits: { cpu: 4, memory: 8 },
  when: '2026-01-02T03:04:05Z',
  inner: { on: true },
};
const variables = new Map([
  ['self', toCel(json, self)],
  ['any', toCel({ n: 1, f: 1.5, list: [1, 'x'], deep: { a: null } })],
]);
const run = (source: string) => compileCel(source, environment).evaluate(variables);

test.each([
  // Operators and literals.
  ['1 + 2 * 3 - 4 / 2 % 3 == 5'],
  ['-2 * -3 == 6 && - 2 + 2 == 0 && !!true'],
  ['0x1F == 31 && 1u + 2u == 3u && 1.5e1 == 15.0 && .5 == 0.5'],
  [`"a\\n\\u00e9\\x41" == 'a\\né\\101' && r"\\d" == '\\\\d' && """x"y""" == 'x"y'`],
  ['b"abc" == bytes("abc") && size(b"\\xff") == 1'],
  ['1 < 2.5 && 2u >= 1 && "a" < "b" && false < true'],
  ['[1, 2] + [3] == [1, 2, 3] && {"a": 1} == {"a": 1} && [1] != [2]'],
  ['1 in [1, 2] && "cpu" in self.limits && !("x" in self.limits)'],
  ['true || (1 / 0 == 0)'],
  ['(1 / 0 == 0) || true'],
  ['!((1 / 0 == 0) && false)'],
  ['self.count > 2 ? self.name == "widget" : false'],
  // Fields.
  ['has(self.name) && !has(any.missing) && has(any.deep.a) && any.n == 1 && any.f == 1.5'],
  ['self.inner.on && self.limits["cpu"] == 4 && self.limits.memory == 8 && self.tags[1] == "b"'],
  ['self.when.getFullYear() == 2026 && self.when > timestamp("2020-01-01T00:00:00Z")'],
  // Macros.
  ['self.tags.all(t, t.size() == 1) && self.tags.exists(t, t == "c") && self.tags.exists_one(t, t > "b")'],
  ['self.tags.map(t, t + "!") == ["a!", "b!", "c!"] && self.tags.map(t, t != "b", t) == ["a", "c"]'],
  ['self.tags.filter(t, t != "a") == ["b", "c"] && self.limits.all(k, k.size() > 2)'],
  ['self.tags.all(i, t, self.tags[i] == t) && self.limits.exists(k, v, v == 8)'],
  ['[1, 2].transformList(i, v, v * 2) == [2, 4] && {"a": 1}.transformMap(k, v, v + 1) == {"a": 2}'],
  ['[1, 2, 3].map(x, x * 2).exists(y, y == 4)'],
  // Optionals.
  ['self.?name.orValue("") == "widget" && any.?missing.orValue("none") == "none"'],
  ['self.tags[?9].hasValue() == false && self.tags[?0].value() == "a"'],
  ['optional.of(1).optMap(x, x + 1).value() == 2 && optional.none().or(optional.of(3)).value() == 3'],
  ['[?any.?missing, 1] == [1] && {?"a": any.?missing} == {}'],
  // Conversions and types.
  ['int("42") == 42 && string(1.0) == "1" && double("1.5") == 1.5 && int(2.9) == 2 && uint("7") == 7u'],
  ['type(1) == int && type("") == string && type([]) == list && type({}) == map && type(null) == null_type'],
  ['duration("1h30m").getMinutes() == 90 && string(duration("90s")) == "90s" && duration("1.5s") == duration("1500ms")'],
  ['timestamp("2026-01-02T03:04:05.5Z") - timestamp("2026-01-02T03:04:05Z") == duration("500ms")'],
  ['string(timestamp("2026-01-02T03:04:05+01:00")) == "2026-01-02T02:04:05Z"'],
  // Strings, lists, sets, regular expressions.
  [`"a,b,c".split(",") == ["a", "b", "c"] && ["a", "b"].join("-") == "a-b" && " x ".trim() == "x"`],
  ['"hello".indexOf("l") == 2 && "hello".lastIndexOf("l") == 3 && "hello".charAt(4) == "o"'],
  ['"hello".substring(1, 3) == "el" && "hello".replace("l", "L", 1) == "heLlo" && "aBc".upperAscii() == "ABC"'],
  ['"%s is %d and %.2f".format(["x", 3, 1.5]) == "x is 3 and 1.50"'],
  ['"abc123".matches("^[a-z]+\\\\d+$") && "a1b22".findAll("[0-9]+") == ["1", "22"] && "a1".find("[0-9]") == "1"'],
  ['[1, 2, 3].isSorted() && [3, 1].max() == 3 && [1, 2].sum() == 3 && [1, 2, 1].lastIndexOf(1) == 2'],
  ['sets.contains([1, 2, 3], [1]) && sets.equivalent([1, 1], [1]) && !sets.intersects([1], [2])'],
  // Kubernetes' types.
  ['quantity("1Gi").isGreaterThan(quantity("1G")) && quantity("1500m").add(1).compareTo(quantity("2.5")) == 0'],
  ['quantity("2k").asInteger() == 2000 && isQuantity("1.3Zi") == false && quantity("100m").isInteger() == false'],
  ['cidr("10.0.0.0/8").containsIP("10.1.2.3") && ip("::1").isLoopback() && ip("10.0.0.1").family() == 4'],
  ['isIP("1.2.3.4") && !isIP("1.2.3") && cidr("10.1.2.3/16").masked() == cidr("10.1.0.0/16")'],
  ['url("https://h:8080/p?q=1").getHost() == "h:8080" && url("https://h/p?q=1&q=2").getQuery()["q"] == ["1", "2"]'],
  ['!format.dns1123Label().validate("ok").hasValue() && format.named("dns1123Label").value().validate("No").hasValue()'],
  ['semver("1.2.3-rc.1").isLessThan(semver("1.2.3")) && isSemver("v1.0", true) && semver("2.0.0").major() == 2'],
  ['jsonpatch.escapeKey("a/b~c") == "a~1b~0c"'],
])('%s', (source) => {
  expect(run(source)).toBe(true);
});

test.each([
  ['foo.bar', "ERROR: <input>:1:1: undeclared reference to 'foo' (in container '')\n | foo.bar\n | ^"],
  ['self.nope', "ERROR: <input>:1:5: undefined field 'nope'\n | self.nope\n | ....^"],
  [
    'self.count + "a"',
    "ERROR: <input>:1:12: found no matching overload for '_+_' applied to '(int, string)'\n | self.count + \"a\"\n | ...........^",
  ],
  [
    'self.name.size(1)',
    "ERROR: <input>:1:15: found no matching overload for 'size' applied to 'string.(int)'\n | self.name.size(1)\n | ..............^",
  ],
  ['nope(1)', "ERROR: <input>:1:5: undeclared reference to 'nope' (in container '')\n | nope(1)\n | ....^"],
  ['self.count.x', "ERROR: <input>:1:11: type 'int' does not support field selection\n | self.count.x\n | ..........^"],
  [
    'self.count.all(x, true)',
    "ERROR: <input>:1:5: expression of type 'int' cannot be range of a comprehension (must be list, map, or dynamic)\n | self.count.all(x, true)\n | ....^",
  ],
  [
    'a +',
    "ERROR: <input>:1:4: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}\n | a +\n | ...^",
  ],
  ['1 2', "ERROR: <input>:1:3: Syntax error: extraneous input '2' expecting <EOF>\n | 1 2\n | ..^"],
  ['[1, "a"]', "ERROR: <input>:1:5: expected type 'int' but found 'string'\n | [1, \"a\"]\n | ....^"],
])('does not compile: %s', (source, message) => {
  expect(() => compileCel(source, environment)).toThrow(CelCompileError);
  try {
    compileCel(source, environment);
  } catch (error) {
    expect((error as Error).message).toBe(message);
  }
});

test.each([
  ['1 / (self.count - 3)', 'division by zero'],
  ['any.missing', 'no such key: missing'],
  ['self.tags[7]', 'index out of bounds: 7'],
  ['9223372036854775807 + 1', 'integer overflow'],
  ['any.list.all(x, x > 0)', 'no such overload'],
  ['self.limits["nope"]', 'no such key: nope'],
])('fails: %s', (source, message) => {
  expect(() => run(source)).toThrow(new CelError(message));
});

test('a runaway expression is stopped, whatever side of an operator it is on', () => {
  const list = toCel(Array.from({ length: 300 }, (_, i) => i));
  const program = compileCel('true || any.all(a, any.all(b, any.all(c, a + b + c >= 0)))', environment);
  expect(program.evaluate(new Map([['any', list]]))).toBe(true);
  const runaway = compileCel('any.all(a, any.all(b, any.all(c, a + b + c >= 0)))', environment);
  expect(() => runaway.evaluate(new Map([['any', list]]), new CelBudget(10_000))).toThrow(CelCostError);
});

test('a pattern made to backtrack costs nothing', () => {
  const program = compileCel('any.matches("^(a+)+$")', environment);
  expect(program.evaluate(new Map([['any', `${'a'.repeat(5000)}!`]]))).toBe(false);
});
