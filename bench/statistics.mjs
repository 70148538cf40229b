// Numbers of a noisy machine: what is compared was measured in turns within one run, and is given with its range.

export function median(values) {
  return at(values, 0.5);
}

export function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The mean of the middle half: one value that other work on the machine has spoilt does not count. */
export function middleMean(values) {
  const quarter = Math.floor(values.length / 4);
  return mean(values.toSorted((a, b) => a - b).slice(quarter, values.length - quarter));
}

/** The value below which this part of them lies. */
export function at(values, part) {
  return values.toSorted((a, b) => a - b)[Math.floor(part * (values.length - 1))];
}

/** The middle half, as text. */
export function range(values, digits) {
  return `${at(values, 0.25).toFixed(digits)}–${at(values, 0.75).toFixed(digits)}`;
}

/** Each of `names` once a turn, in another order each time, so that nobody always follows the same one. */
export async function inTurns(names, turns, measure) {
  const results = new Map(names.map((name) => [name, []]));
  for (let turn = 0; turn < turns; turn++) {
    for (const [index] of names.entries()) {
      const name = names[(index + turn) % names.length];
      results.get(name).push(await measure(name, turn));
    }
  }
  return results;
}

/** What each took, as ratios to what `base` took in the same turn. */
export function ratios(results, base) {
  const bases = results.get(base);
  return new Map(
    [...results].map(([name, values]) => [name, values.map((value, turn) => value / bases[turn])]),
  );
}
