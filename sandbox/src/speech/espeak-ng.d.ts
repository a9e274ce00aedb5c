/** The package has no types of its own. */
declare module 'espeak-ng' {
  export interface Program {
    readonly FS: { readFile(path: string): Uint8Array<ArrayBuffer>; unlink(path: string): void };
  }

  export default function eSpeakNg(module: {
    readonly noInitialRun: true;
    readonly print: (line: string) => void;
    readonly printErr: (line: string) => void;
    readonly instantiateWasm: (
      imports: WebAssembly.Imports,
      done: (instance: WebAssembly.Instance) => void,
    ) => object;
  }): Promise<Program>;
}

/** As much of it as is used; the types of Node have none. */
declare namespace WebAssembly {
  type Imports = object;
  interface Memory {
    readonly buffer: ArrayBuffer;
  }
  class Module {
    private readonly brand: true;
  }
  class Instance {
    constructor(module: Module, imports: Imports);
    readonly exports: object;
  }
  function compile(bytes: Uint8Array): Promise<Module>;
}
