package dev.remap.index.jfaiss;

import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.LongFunction;

/**
 * Owns one native object. Calls share it or have it for themselves; {@link #close} waits for the
 * running ones, and whatever comes later gets an IllegalStateException instead of a freed address.
 */
abstract sealed class NativeHandle implements AutoCloseable
    permits NativeIndex, NativeShardBuilder {
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private final String name;
  private long address;

  NativeHandle(String name, long address) {
    this.name = name;
    this.address = address;
  }

  abstract void release(long address);

  /** For calls that may run side by side. */
  final <T> T share(LongFunction<T> call) {
    return locked(lock.readLock(), call);
  }

  /** For calls that change the object. */
  final <T> T own(LongFunction<T> call) {
    return locked(lock.writeLock(), call);
  }

  private <T> T locked(Lock held, LongFunction<T> call) {
    held.lock();
    try {
      if (address == 0) {
        throw new IllegalStateException("this " + name + " is closed");
      }
      return call.apply(address);
    } finally {
      held.unlock();
    }
  }

  /** Frees the native memory; a second call does nothing. */
  @Override
  public final void close() {
    lock.writeLock().lock();
    try {
      long released = address;
      address = 0;
      if (released != 0) {
        release(released);
      }
    } finally {
      lock.writeLock().unlock();
    }
  }
}
