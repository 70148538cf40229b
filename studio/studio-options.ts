/** Options of `startSessionStudio`. */
export interface StudioOptions {
  /**
   * The port of the page. The first call in a process decides.
   * @default 5577, or a free one if that is taken
   */
  readonly port?: number | undefined;
}
