/** @jsxImportSource preact */

const HUES = 8;
const LETTERS = 6;

interface Props {
  /** The handle of the session. */
  readonly handle: string;
  /** Makes it a button. */
  readonly onOpen?: () => void;
}

/** A session, so that it is recognised wherever it is: a coloured dot and the first letters of its handle. */
export function SessionTag({ handle, onOpen }: Props) {
  const shown = (
    <>
      <span class={`dot hue-${hueOf(handle)}`} />
      {tagText(handle)}
    </>
  );
  if (!onOpen) {
    return (
      <span class="session-tag" title={handle}>
        {shown}
      </span>
    );
  }
  return (
    <button type="button" class="session-tag" title={handle} onClick={onOpen}>
      <span class="hidden">Open session </span>
      {shown}
    </button>
  );
}

export function tagText(handle: string): string {
  return handle.slice(0, LETTERS);
}

/** Sessions in the order in which the page showed them, so that those beside each other differ in colour. */
const places = new Map<string, number>();

function hueOf(handle: string): number {
  const place = places.get(handle) ?? places.size;
  places.set(handle, place);
  return place % HUES;
}
