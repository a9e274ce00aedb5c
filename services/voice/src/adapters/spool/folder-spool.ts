import { mkdir, open, readdir, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { Spool, type SpoolFile } from '../../app/recording/ports.js';

/** One file a call, in a folder of the pod. */
export class FolderSpool extends Spool {
  constructor(private readonly folder: string) {
    super();
  }

  override async create(name: string): Promise<SpoolFile> {
    await mkdir(this.folder, { recursive: true });
    return new OpenSpoolFile(await open(join(this.folder, name), 'wx+'), 0);
  }

  override async open(name: string): Promise<SpoolFile> {
    const handle = await open(join(this.folder, name), 'r+');
    const { size } = await handle.stat();
    return new OpenSpoolFile(handle, size);
  }

  override async remove(name: string): Promise<void> {
    await rm(join(this.folder, name), { force: true });
  }

  override async names(): Promise<readonly string[]> {
    await mkdir(this.folder, { recursive: true });
    const entries = await readdir(this.folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  }
}

class OpenSpoolFile implements SpoolFile {
  constructor(
    private readonly handle: FileHandle,
    public sizeBytes: number,
  ) {}

  async append(bytes: Uint8Array): Promise<void> {
    let written = 0;
    while (written < bytes.length) {
      const at = this.sizeBytes + written;
      const { bytesWritten } = await this.handle.write(bytes, written, bytes.length - written, at);
      written += bytesWritten;
    }
    this.sizeBytes += written;
  }

  async sync(): Promise<void> {
    await this.handle.datasync();
  }

  async read(at: number, length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await this.handle.read(bytes, filled, length - filled, at + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}
