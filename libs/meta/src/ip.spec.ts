import { cidrAddress, cidrContains, cidrsOverlap, formatCidr, formatIp, parseCidr, parseIp, subnet } from './ip.ts';

const round = (text: string) => {
  const ip = parseIp(text);
  return ip && formatIp(ip);
};

it.each([
  ['10.0.0.1', '10.0.0.1'],
  ['255.255.255.255', '255.255.255.255'],
  ['01.2.3.4', undefined],
  ['1.2.3', undefined],
  ['1.2.3.256', undefined],
  ['::', '::'],
  ['::1', '::1'],
  ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['fd00:0:1:0:0:0:0:9', 'fd00:0:1::9'],
  ['::ffff:1.2.3.4', '::ffff:102:304'],
  ['1:2:3:4:5:6:7', undefined],
  ['1::2::3', undefined],
  ['1:2:3:4:5:6:7:8:9', undefined],
  ['fe80::1%eth0', undefined],
  ['g::', undefined],
  ['', undefined],
])('%s → %s', (text, want) => {
  expect(round(text)).toBe(want);
});

it('computes with networks', () => {
  const cidr = parseCidr('10.244.7.9/16')!;
  expect(formatCidr(cidr)).toBe('10.244.0.0/16');
  expect(formatCidr(subnet(cidr, 24, 3))).toBe('10.244.3.0/24');
  expect(() => subnet(cidr, 24, 256)).toThrow(RangeError);
  expect(cidrAddress(cidr, 10)).toBe('10.244.0.10');
  expect(() => cidrAddress(cidr, 65536)).toThrow(RangeError);
  expect(cidrContains(cidr, parseIp('10.244.255.255')!)).toBe(true);
  expect(cidrContains(cidr, parseIp('10.245.0.0')!)).toBe(false);
  expect(cidrsOverlap(cidr, parseCidr('10.0.0.0/8')!)).toBe(true);
  expect(cidrsOverlap(cidr, parseCidr('10.96.0.0/16')!)).toBe(false);
  for (const bad of ['10.0.0.0', '10.0.0.0/33', '10.0.0.0/-1', 'x/8', '10.0.0.0/8/8', '10.0.0.0/08'])
    expect(parseCidr(bad)).toBeUndefined();
});
