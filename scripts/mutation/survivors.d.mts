/** A change of one place in the sources. */
export interface Mutant {
  readonly file: string;
  /** The line that it begins in, without indentation. */
  readonly line: string;
  readonly mutator: string;
  readonly code: string;
  readonly became: string;
}

export interface KnownSurvivors {
  /** Why no test notices them. */
  readonly reason: string;
  readonly mutants: readonly Mutant[];
}

interface ReportedMutant {
  readonly mutatorName: string;
  readonly replacement: string;
  readonly status: string;
  readonly location: Record<'start' | 'end', { readonly line: number; readonly column: number }>;
}

interface Report {
  readonly files: Record<string, { readonly source: string; readonly mutants: readonly ReportedMutant[] }>;
}

export declare function knownSurvivors(): KnownSurvivors[];
export declare function survivorsOf(report: Report): Mutant[];
export declare function countsOf(report: Report): { noticed: number; survived: number };
export declare function scoreOf(counts: { noticed: number; survived: number }): number;
export declare function compare(
  survivors: readonly Mutant[],
  known: readonly KnownSurvivors[],
  files: readonly string[],
): { added: Mutant[]; gone: Mutant[] };
