package dev.remap.jobs.cluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A process of a drill and what it says, which is kept in a file and waited for line by line. None
 * outlives the drill, however that ends.
 */
final class Child implements AutoCloseable {
  private static final Set<Child> ALIVE = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> ALIVE.forEach(Child::kill)));
  }

  private final Process process;
  private final Path log;
  private final Thread reader;
  private final List<String> lines = new ArrayList<>();
  private boolean silent;

  private Child(Process process, Path log) {
    this.process = process;
    this.log = log;
    this.reader = new Thread(this::read, "output of " + log.getFileName());
    reader.setDaemon(true);
    reader.start();
  }

  static Child start(ProcessBuilder builder, Path log) {
    try {
      Files.createDirectories(log.getParent());
      Child child = new Child(builder.redirectErrorStream(true).start(), log);
      ALIVE.add(child);
      return child;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read() {
    try (BufferedReader said = new BufferedReader(process.inputReader(StandardCharsets.UTF_8));
        Writer kept =
            Files.newBufferedWriter(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      for (String line = said.readLine(); line != null; line = said.readLine()) {
        kept.write(line + "\n");
        kept.flush();
        add(line);
      }
    } catch (IOException e) {
      add("(its output ended: " + e + ")");
    } finally {
      end();
    }
  }

  private synchronized void add(String line) {
    lines.add(line);
    notifyAll();
  }

  private synchronized void end() {
    silent = true;
    notifyAll();
  }

  /** Waits until it has said that so often; returns the last of these lines, matched. */
  synchronized Matcher await(Pattern wanted, int times, Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    int seen = 0;
    int looked = 0;
    try {
      while (true) {
        for (; looked < lines.size(); looked++) {
          Matcher found = wanted.matcher(lines.get(looked));
          if (found.find() && ++seen == times) {
            return found;
          }
        }
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (silent || left <= 0) {
          throw new IllegalStateException(log + " does not say " + wanted + " " + times + " times");
        }
        wait(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  synchronized String text() {
    return String.join("\n", lines) + "\n";
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Whether it ends by itself within that time. */
  boolean endsWithin(long millis) throws InterruptedException {
    return process.waitFor(millis, TimeUnit.MILLISECONDS);
  }

  /** Of a process that has ended. */
  int exitValue() {
    return process.exitValue();
  }

  /** Its exit status; killed and an error if it takes longer than that. */
  int exit(Duration limit) {
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        kill();
        throw new IllegalStateException(log + ": not at its end after " + limit);
      }
      reader.join(TimeUnit.SECONDS.toMillis(10));
    } catch (InterruptedException e) {
      kill();
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    ALIVE.remove(this);
    return process.exitValue();
  }

  /** Ends it, and all that it started, by SIGKILL. */
  void kill() {
    try (Stream<ProcessHandle> below = process.descendants()) {
      List<ProcessHandle> found = below.toList();
      process.destroyForcibly();
      found.forEach(ProcessHandle::destroyForcibly);
    }
  }

  @Override
  public void close() {
    kill();
    ALIVE.remove(this);
  }
}
