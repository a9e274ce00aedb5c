/** The suites every adapter of a port must pass; only for specs, they need Jest. */
export {};
