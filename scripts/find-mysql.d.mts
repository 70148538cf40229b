/**
 * Returns the path of a MySQL server and the command line that starts it, without further settings, or undefined. MYSQL_PATH wins.
 */
export declare function findMySql():
  | { server: string; command: readonly [file: string, ...args: string[]] }
  | undefined;
