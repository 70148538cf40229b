import { type Duration, TestClock } from '../store/test-clock.js';
import { CookieJar, type SetCookie } from '../tester/cookie-jar.js';
import { InterleavedProcess } from './interleaved-process.js';

/** The cookies of one browser, which its tabs share. Their processes are told when they use them. */
export class ObservedJar extends CookieJar {
  override get(name: string): string | undefined {
    InterleavedProcess.current()?.accesses.read('cookies');
    return super.get(name);
  }

  override get header(): string {
    InterleavedProcess.current()?.accesses.read('cookies');
    return super.header;
  }

  override async send(): Promise<string> {
    await InterleavedProcess.current()?.beginRequest();
    return super.send();
  }

  override set(name: string, value: string, expires?: Date): void {
    InterleavedProcess.current()?.accesses.write('cookies');
    super.set(name, value, expires);
  }

  override keep(cookies: readonly SetCookie[]): void {
    if (cookies.length > 0) InterleavedProcess.current()?.accesses.write('cookies');
    super.keep(cookies);
  }
}

/** A clock that tells a process when it is moved. */
export class ObservedClock extends TestClock {
  override advance(duration: Duration): void {
    super.advance(duration);
    InterleavedProcess.current()?.accesses.write('clock');
  }
}
