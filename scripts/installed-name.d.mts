export function installedName(version: string): string;
