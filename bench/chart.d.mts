export interface Panel {
  readonly title: string;
  readonly subtitle: string;
  readonly bars: readonly { readonly label: string; readonly value: number; readonly text: string }[];
}

/** What the chart shows of RESULTS.md. */
export declare function panels(page: string): Panel[];

/** The chart, as SVG. */
export declare function drawChart(page: string): string;
