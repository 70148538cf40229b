/** The path of a PostgreSQL server, or undefined. POSTGRES_PATH wins. Its initdb is in the same folder. */
export declare function findPostgres(): string | undefined;
