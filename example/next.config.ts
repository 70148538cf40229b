import type { NextConfig } from 'next';

const config: NextConfig = {
  reactStrictMode: true,
  poweredByHeader: false,
  // For the Dockerfile alone: `next start` serves a build without it.
  output: process.env.NEXT_OUTPUT === 'standalone' ? 'standalone' : undefined,
  // Bundled, a driver would be out of reach for its instrumentation.
  serverExternalPackages: ['ioredis', 'pg'],
};

export default config;
