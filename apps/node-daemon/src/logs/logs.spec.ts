import { driversOf } from './config.ts';
import { parseCriLine } from './cri-line.ts';
import { parsePodDirectory } from './log-files.ts';

it('parses CRI lines and refuses torn ones', () => {
  expect(parseCriLine('2026-01-01T00:00:00.1Z stderr P a b ')).toEqual({
    time: '2026-01-01T00:00:00.1Z',
    stream: 'stderr',
    partial: true,
    message: 'a b ',
  });
  expect(parseCriLine('2026-01-01T00:00:00.1Z stdout F ')?.message).toBe('');
  expect(parseCriLine('026-01-01T00')).toBeUndefined();
});

it('reads the identity from a pod directory', () => {
  expect(parsePodDirectory('ns_pod-1_0f3a')).toEqual({ namespace: 'ns', pod: 'pod-1', podUid: '0f3a' });
  expect(parsePodDirectory('else')).toBeUndefined();
});

it('takes the drivers from the annotation, else from the cluster', () => {
  const config = {
    drivers: { journald: { type: 'journald' as const }, central: { type: 'fluentd' as const, host: 'h' } },
    default: ['journald'],
  };
  expect(driversOf(undefined, config)).toEqual({ drivers: ['journald'], unknown: [] });
  expect(driversOf({ 'windlass.dev/log-drivers': 'central, journald,x' }, config)).toEqual({
    drivers: ['central', 'journald'],
    unknown: ['x'],
  });
  expect(driversOf({ 'windlass.dev/log-drivers': 'none' }, config)).toEqual({ drivers: [], unknown: [] });
});
