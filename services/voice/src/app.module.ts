import { Module } from '@nestjs/common';

/** The only file where a port meets an adapter. */
@Module({})
export class AppModule {}
