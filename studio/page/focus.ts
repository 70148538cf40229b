/** Gives a field the focus when it appears: the ref of an element. */
export function focus(field: HTMLElement | null): void {
  field?.focus();
}

/** Gives a field the focus with its text selected, to be typed over: the ref of an element. */
export function focusAll(field: HTMLTextAreaElement | null): void {
  field?.select();
}

/** Brings a row into view when it is chosen: the ref of the chosen one. */
export function scrollTo(row: HTMLElement | null): void {
  row?.scrollIntoView({ block: 'nearest' });
}
