// Runs the bundled CLI with the arguments given.
import path from 'node:path';

await import(path.resolve(import.meta.dirname, '../dist/cli.mjs'));
