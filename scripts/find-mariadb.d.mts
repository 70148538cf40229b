/**
 * Returns the path of a MariaDB server, and of the program that makes its folder, or undefined. MARIADB_PATH wins. A `mysqld`
 * without that program is MySQL.
 */
export declare function findMariaDb(): { server: string; installer: string } | undefined;
