import { AsyncLocalStorage } from 'node:async_hooks';

// Next's modules take AsyncLocalStorage from globalThis when they load, and keep one that never works if it is not
// there. A Next server sets it before it loads an app. A custom server may load this library before it loads Next.
const nextGlobals = globalThis as { AsyncLocalStorage?: typeof AsyncLocalStorage };
nextGlobals.AsyncLocalStorage ??= AsyncLocalStorage;
