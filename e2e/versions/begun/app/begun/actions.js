'use server';
import { pause, runLate } from '../../lib/late';
import { session } from '../../lib/session';

export async function promise(steps) {
  return { late: pause(50).then(() => runLate(steps)) };
}

/** The cookie that it sets makes Next render the page after it. */
export async function promiseAndPage(steps) {
  await session().touch();
  return { late: pause(50).then(() => runLate(steps)) };
}

export async function generator(steps) {
  async function* late() {
    yield 'first';
    await pause(50);
    yield await runLate(steps);
  }
  return late();
}

export async function unawaited(steps) {
  pause(50).then(() => runLate(steps));
}
