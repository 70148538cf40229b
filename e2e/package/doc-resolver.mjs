// Lets Node resolve imports as a bundler does: `@/` is the app's root, and the extension may be missing.
import { register } from 'node:module';
import { pathToFileURL } from 'node:url';
import { isMainThread } from 'node:worker_threads';

const appRoot = pathToFileURL('out/');

// Node loads this file a second time, in another thread, for the hook below.
if (isMainThread) register(import.meta.url);

export async function resolve(specifier, context, next) {
  const target = specifier.startsWith('@/') ? new URL(specifier.slice(2), appRoot).href : specifier;
  try {
    return await next(target, context);
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND' || target.endsWith('.js')) throw error;
    return next(`${target}.js`, context);
  }
}
