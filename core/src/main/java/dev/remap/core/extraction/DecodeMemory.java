package dev.remap.core.extraction;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Memory that decodes may take together. Whoever asks first gets it first; what asks for more than
 * there is gets all of it, so that every image is decoded, the largest ones alone.
 */
public final class DecodeMemory {
  private static final Map<Long, DecodeMemory> SHARED = new ConcurrentHashMap<>();
  private static final int SHARE_OF_MACHINE = 4;

  private final long bytes;
  private final Queue<Object> waiting = new ArrayDeque<>();
  private final List<Lease> leases = new ArrayList<>();
  private long free;

  DecodeMemory(long bytes) {
    this.bytes = bytes;
    this.free = bytes;
  }

  /** So many bytes for all of this JVM that ask for as many. */
  public static DecodeMemory shared(long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("decode-memory must be positive, was " + bytes);
    }
    return SHARED.computeIfAbsent(bytes, DecodeMemory::new);
  }

  /** A quarter of the memory that this machine, or the container around this JVM, has. */
  public static DecodeMemory ofMachine() {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return shared(Math.max(1, system.getTotalMemorySize() / SHARE_OF_MACHINE));
  }

  /** Memory that is taken until its end, or until it is overdue while others wait for it. */
  final class Lease {
    private final long taken;
    private final long due;

    private Lease(long taken, Duration longest) {
      this.taken = taken;
      this.due = System.nanoTime() + longest.toNanos();
    }

    void end() {
      giveBack(this);
    }
  }

  /**
   * Waits until there is so much.
   *
   * @param longest after which a decode counts as endless and keeps nobody else waiting
   */
  synchronized Lease take(long wanted, Duration longest) throws InterruptedException {
    long taken = Math.min(Math.max(0, wanted), bytes);
    Object turn = new Object();
    waiting.add(turn);
    try {
      while (waiting.peek() != turn || taken > free) {
        TimeUnit.NANOSECONDS.timedWait(this, nextDue());
        leases.stream().filter(lease -> left(lease) <= 0).toList().forEach(this::giveBack);
      }
      Lease lease = new Lease(taken, longest);
      leases.add(lease);
      free -= taken;
      return lease;
    } finally {
      waiting.remove(turn);
      notifyAll();
    }
  }

  private long nextDue() {
    return Math.max(1, leases.stream().mapToLong(DecodeMemory::left).min().orElse(Long.MAX_VALUE));
  }

  private static long left(Lease lease) {
    return lease.due - System.nanoTime();
  }

  private synchronized void giveBack(Lease lease) {
    if (leases.remove(lease)) {
      free += lease.taken;
      notifyAll();
    }
  }
}
