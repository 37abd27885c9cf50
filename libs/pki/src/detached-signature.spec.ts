import { detachedSignature, isSignedBy } from './detached-signature.ts';

// The values of the tests of k8s.io/cluster-bootstrap/token/jws.
const CONTENT = 'Hello from the other side. I must have called a thousand times.';
const SECRET = 'my voice is my passcode';
const HEADER = 'eyJhbGciOiJIUzI1NiIsImtpZCI6Impvc2h1YSJ9';
const SIGNATURE = `${HEADER}..VShe2taLd-YTrmWuRkcL_8QTNDHYxQIEBsAYYiIj1_8`;

test.each([
  [CONTENT, SECRET, SIGNATURE],
  ['', SECRET, `${HEADER}..7Ui1ALizW4jXphVUB7xUqC9vLYLL9RZeOFfVLoB7Tgk`],
  [CONTENT, '', `${HEADER}..UfkqvDGiIFxrMnFseDj9LYJOLNrvjW8aHhF71mvvAs8`],
])('signatures are those of Kubernetes: %#', (content, secret, signature) =>
  expect(detachedSignature(content, 'joshua', secret)).toBe(signature),
);

test.each([
  ['as it is', SIGNATURE, CONTENT, SECRET, true],
  ['another content', SIGNATURE, 'Hello', SECRET, false],
  ['another secret', SIGNATURE, CONTENT, 'x', false],
  ['more behind it', `${SIGNATURE}foo`, CONTENT, SECRET, false],
  ['no signature', '', CONTENT, SECRET, false],
])('%s', (_, signature, content, secret, signed) => expect(isSignedBy(signature, content, 'joshua', secret)).toBe(signed));
