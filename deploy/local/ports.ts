import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { Failure } from './failure.ts';
import { describeProcess, holderOfPort } from './processes.ts';
import { defaultPorts, type PortSetting, type Ports } from './settings.ts';

/** A port something is about to listen on, and the setting that moves it. */
export interface PortNeed {
  readonly port: number;
  readonly setting: PortSetting;
}

/** weed serves gRPC on each of its ports + 10000, and has four of its own beside the S3 one. */
const grpcOffset = 10_000;
const s3InternalCount = 4;

export function s3InternalPorts(ports: Ports): number[] {
  return Array.from({ length: s3InternalCount }, (_, index) => ports.S3_INTERNAL_PORT + index);
}

export function withGrpc(ports: readonly number[]): number[] {
  return ports.flatMap((port) => [port, port + grpcOffset]);
}

export async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  return new Promise((settle) => {
    probe.once('error', () => settle(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      probe.close(() => settle(true));
    });
  });
}

export async function refuseTakenPorts(needs: readonly PortNeed[]): Promise<void> {
  const free = await Promise.all(needs.map((need) => isFree(need.port)));
  const taken = needs.filter((_, index) => !free[index]);
  if (taken.length === 0) return;
  throw new Failure(taken.map(describeTaken).join('\n  '));
}

function describeTaken(need: PortNeed): string {
  const holder = holderOfPort(need.port);
  const by = holder ? ` by ${describeProcess(holder)}` : '';
  return `Port ${need.port} is taken${by}: stop it, or set ${need.setting} in .env to a free port.`;
}

/**
 * One block of ports per run, below the range the kernel hands to outgoing connections, so that no
 * client takes one between the choice and the start.
 */
export function portBlock(base: number): Ports {
  const names = Object.keys(defaultPorts) as PortSetting[];
  const pairs = names.map((name, index) => [name, base + index + s3Shift(name, names)] as const);
  return Object.fromEntries(pairs) as Record<PortSetting, number>;
}

/** What follows the internal S3 ports in the block makes room for all of them. */
function s3Shift(name: PortSetting, names: readonly PortSetting[]): number {
  return names.indexOf(name) > names.indexOf('S3_INTERNAL_PORT') ? s3InternalCount - 1 : 0;
}

export function portsOfBlock(ports: Ports): number[] {
  const s3 = withGrpc([ports.S3_PORT, ...s3InternalPorts(ports)]);
  return [...new Set([...Object.values(ports), ...s3])];
}

export async function freePorts(): Promise<Ports> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const ports = portBlock(randomInt(11_000, 22_000));
    const free = await Promise.all(portsOfBlock(ports).map(isFree));
    if (free.every(Boolean)) return ports;
  }
  throw new Failure('No block of free ports found between 11000 and 22000: stop something there.');
}
