import { defaults, mistakesIn } from './options.ts';

it('accepts the defaults', () => {
  expect(mistakesIn(defaults)).toEqual([]);
});

it.each([
  [{ name: 'Bad_Name' }, /--name Bad_Name/],
  [{ stateDir: 'here' }, /--state-dir here: want an absolute path/],
  [{ nodes: -1 }, /--nodes -1/],
  [{ apiPort: 70000 }, /--port 70000/],
  [{ podCidr: '10.0.0.0' }, /--pod-cidr 10.0.0.0: want an IPv4 network/],
  [{ podCidr: '10.0.0.0/28' }, /--pod-cidr 10.0.0.0\/28: too small/],
  [{ podCidr: '10.96.0.0/12' }, /--pod-cidr 10.96.0.0\/12 overlaps --service-cidr/],
  [{ loadBalancerPool: '10.0.0.9-10.0.0.1' }, /--load-balancer-pool 10.0.0.9-10.0.0.1: want FIRST-LAST/],
])('%j is refused', (change, message) => {
  expect(mistakesIn({ ...defaults, ...change }).join('\n')).toMatch(message);
});
