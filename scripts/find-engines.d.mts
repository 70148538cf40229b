/** The path of a Firefox, or undefined. FIREFOX_PATH wins. */
export declare function findFirefox(): string | undefined;
/** The path of WebKitGTK's WebDriver, or undefined. */
export declare function findWebKitDriver(): string | undefined;
/** The path of the screen that nobody sees, which WebKitGTK wants. */
export declare function findXvfb(): string | undefined;
/** The path of WebKitGTK's own browser, or undefined. */
export declare function findMiniBrowser(): string | undefined;
