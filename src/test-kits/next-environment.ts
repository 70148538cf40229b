// A Next server imports this first. Next's modules take AsyncLocalStorage from globalThis when they load.
// Without this import they use one that never works.
import 'next/dist/server/node-environment-baseline.js';
