import { deviceName } from './device';
import type { Tokens } from './oauth';
import { session } from './session';

/** Signs in, with a new ID at every change of privilege: one that was seen or planted before is of no use. */
export async function signInAs(name: string, tokens?: Tokens): Promise<void> {
  const user = { name, signedInAt: Date.now(), device: await deviceName() };
  await session().regenerate((data) => {
    // What another user left in this browser is not for this one.
    const kept = data.user && data.user.name !== name ? {} : data;
    return { ...kept, user, tokens };
  });
}
