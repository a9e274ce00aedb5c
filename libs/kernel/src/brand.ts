declare const brand: unique symbol;

/** A primitive that only its own maker may produce, e.g. `Brand<string, 'CallId'>`. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
