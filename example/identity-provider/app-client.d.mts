import type { ClientMetadata } from 'oidc-provider';

export declare function appClient(site: string, secret: string): ClientMetadata;

export declare function appEnvironment(site: string, secret: string, issuer: string): Record<string, string>;
