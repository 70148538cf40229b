/** The path of a Chromium, or undefined. CHROMIUM_PATH wins, then Playwright's own, then the system's. */
export declare function findChromium(): string | undefined;
