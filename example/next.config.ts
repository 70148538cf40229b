import type { NextConfig } from 'next';

const config: NextConfig = {
  reactStrictMode: true,
  poweredByHeader: false,
  // Bundled, ioredis would be out of reach for its instrumentation.
  serverExternalPackages: ['ioredis'],
};

export default config;
