/** Gives a field the focus when it appears: the ref of an element. */
export function focus(field: HTMLElement | null): void {
  field?.focus();
}
