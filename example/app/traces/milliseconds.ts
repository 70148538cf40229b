/** Short and readable: `0.12 ms`, `3.4 ms`, `120 ms`. */
export function milliseconds(value: number): string {
  const digits = value < 1 ? 2 : value < 10 ? 1 : 0;
  return `${value.toFixed(digits)} ms`;
}
