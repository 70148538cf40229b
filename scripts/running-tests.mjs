// A reporter for Vitest. Its own ones print a file when it has ended; this one, when the run is interrupted, prints the
// tests and hooks that were running.

export default class RunningTests {
  /** What runs, and since when. */
  #running = new Map();

  onInit() {
    // Before Vitest's own listener, which exits.
    process.prependOnceListener('SIGINT', () => this.#print());
  }

  onTestCaseReady(test) {
    this.#running.set(test.id, [nameOf(test), performance.now()]);
  }

  onTestCaseResult(test) {
    this.#running.delete(test.id);
  }

  onHookStart({ name, entity }) {
    this.#running.set(`${name} ${entity.id}`, [`${nameOf(entity)} > ${name}`, performance.now()]);
  }

  onHookEnd({ name, entity }) {
    this.#running.delete(`${name} ${entity.id}`);
  }

  #print() {
    for (const [name, since] of this.#running.values()) {
      const seconds = Math.round((performance.now() - since) / 1000);
      console.log(`was running for ${seconds} s: ${name}`);
    }
  }
}

/** A file is named by its path; tests and groups by their file and titles. */
function nameOf(entity) {
  if (entity.type === 'module') return entity.relativeModuleId;
  return `${entity.module.relativeModuleId} > ${entity.fullName}`;
}
