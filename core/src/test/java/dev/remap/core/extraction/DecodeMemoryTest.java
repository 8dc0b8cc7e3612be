package dev.remap.core.extraction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DecodeMemoryTest {
  private static final Duration AGES = Duration.ofMinutes(5);

  private final DecodeMemory memory = new DecodeMemory(100);
  private final List<String> got = Collections.synchronizedList(new ArrayList<>());

  private Thread taking(String name, long bytes) throws InterruptedException {
    Thread thread =
        new Thread(
            () -> {
              try {
                DecodeMemory.Lease lease = memory.take(bytes, AGES);
                got.add(name);
                lease.end();
              } catch (InterruptedException e) {
                got.add(name + " interrupted");
              }
            });
    thread.start();
    while (thread.getState() != Thread.State.TIMED_WAITING && thread.isAlive()) {
      Thread.sleep(1);
    }
    return thread;
  }

  @Test
  void whatFitsTogetherIsGivenAtOnce() throws InterruptedException {
    DecodeMemory.Lease lease = memory.take(60, AGES);
    DecodeMemory.Lease beside = memory.take(40, AGES);

    assertThat(lease).isNotSameAs(beside);
  }

  @Test
  void whoAsksFirstGetsItFirstHoweverLarge() throws InterruptedException {
    DecodeMemory.Lease lease = memory.take(50, AGES);
    Thread large = taking("large", Long.MAX_VALUE);
    Thread small = taking("small", 1);
    assertThat(got).isEmpty();

    lease.end();
    large.join();
    small.join();

    assertThat(got).containsExactly("large", "small");
    memory.take(100, AGES).end();
  }

  @Test
  void whoIsInterruptedKeepsNobodyWaiting() throws InterruptedException {
    DecodeMemory.Lease lease = memory.take(50, AGES);
    Thread large = taking("large", 100);
    Thread small = taking("small", 1);

    large.interrupt();
    large.join();
    small.join();
    lease.end();

    assertThat(got).containsExactlyInAnyOrder("large interrupted", "small");
  }

  @Test
  void whatIsOverdueIsGivenToOthersOnce() throws InterruptedException {
    DecodeMemory.Lease overdue = memory.take(100, Duration.ofMillis(1));
    DecodeMemory.Lease lease = memory.take(100, AGES);
    overdue.end();
    Thread late = taking("late", 1);
    assertThat(got).isEmpty();
    lease.end();
    late.join();

    assertThat(got).containsExactly("late");
  }

  @Test
  void aJvmSharesIt() {
    assertThat(DecodeMemory.shared(5)).isSameAs(DecodeMemory.shared(5));
    assertThat(DecodeMemory.ofMachine()).isSameAs(DecodeMemory.ofMachine());
    assertThatThrownBy(() -> DecodeMemory.shared(0)).isInstanceOf(IllegalArgumentException.class);
  }
}
