import { useLayoutEffect } from 'preact/hooks';

/** Calls what belongs to a key, unless the user types into a field. */
export function useKeys(keys: Readonly<Record<string, () => void>>): void {
  // Before the next key is pressed: each moves on from where the last one led.
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isField = (event.target as Element).matches('input, select, textarea');
      if (isField && event.key === 'Escape') (event.target as HTMLElement).blur();
      const isOther = event.ctrlKey || event.metaKey || event.altKey;
      if (isField || isOther || !Object.hasOwn(keys, event.key)) return;
      event.preventDefault();
      keys[event.key]?.();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  });
}
