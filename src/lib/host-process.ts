/** The process that code runs in. A test that runs several requests as if in several processes gives each one of these. */
export interface HostProcess {
  /** The object on which all copies of this library in the process keep what they share, by symbols. */
  readonly shared: object;
  /** Waits for this many milliseconds. */
  pause(ms: number): Promise<void>;
}

export const thisProcess: HostProcess = {
  shared: globalThis,
  pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};
