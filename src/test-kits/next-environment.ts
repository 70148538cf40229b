// As a Next server does before anything else: its modules take AsyncLocalStorage from globalThis when they load, or
// settle for one that never works.
import 'next/dist/server/node-environment-baseline.js';
