export {
  openRemoteCommand,
  type RemoteCommand,
  type RemoteStreams,
  type Upgraded,
  upgradeRuntimeStream,
} from './runtime-stream.ts';
