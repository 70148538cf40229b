import { SessionError } from '../../src/lib/errors.js';
import { optionalNextInternal, unsupported } from './next-internals.js';
import type { NextScope, Phase, ScopeRequest } from './next-scope.js';
import { openLegacyScope } from './next-scope-13.js';
import { openModernScope } from './next-scope-15.js';

/**
 * Opens a request scope for code of this phase, as Next 13.5 to 16 does.
 *
 * @throws ERR_SESSION_TESTING if the internals of this version of Next are different.
 */
export async function openNextScope(request: ScopeRequest, phase: Phase): Promise<NextScope> {
  const isModern = await optionalNextInternal(
    'server/app-render/work-unit-async-storage.external.js',
    'workUnitAsyncStorage',
  );
  try {
    return await (isModern ? openModernScope(request, phase) : openLegacyScope(request, phase));
  } catch (error) {
    if (SessionError.is(error)) throw error;
    throw unsupported('its own functions failed, see error.cause', error);
  }
}
