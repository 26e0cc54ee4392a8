declare module 'kafkajs/src/network/requestQueue/index.js' {
  /** What the guard in kafka.client.ts touches, and nothing else. */
  const RequestQueue: {
    prototype: { pending: readonly unknown[]; scheduleCheckPendingRequests(): void };
  };
  export default RequestQueue;
}
