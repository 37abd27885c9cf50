export {
  type ContainerdCommand,
  type ContainerdOptions,
  containerdCommand,
  containerdSocket,
  defaultCniBinDir,
  hasAppArmor,
} from './command.ts';
export { type ContainerdSettings, containerdConfig } from './config.ts';
export { containerdTaskEvents, type TaskEvent } from './events.ts';
export { mountImage } from './image-mount.ts';
