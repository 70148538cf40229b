/** The process that code runs in. A test that runs several requests as if in several processes gives each one of these. */
export interface HostProcess {
  /** The object on which all copies of this library in the process keep what they share, by symbols. */
  readonly shared: object;
  /** The time by a clock that only goes on, in milliseconds. */
  now(): number;
  /** Waits for this many milliseconds of that clock. */
  pause(ms: number): Promise<void>;
}

export const thisProcess: HostProcess = {
  shared: globalThis,
  now: () => performance.now(),
  pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};
