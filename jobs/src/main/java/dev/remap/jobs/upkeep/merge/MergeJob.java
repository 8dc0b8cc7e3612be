package dev.remap.jobs.upkeep.merge;

import dev.remap.index.jfaiss.FaissException;
import dev.remap.index.quantizer.Quantizer;
import dev.remap.index.shard.MergedShards;
import dev.remap.index.shard.ShardFile;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.Counts;
import dev.remap.jobs.run.Job;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.spark.LocalCopy;
import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.Quantizers;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Writes the shards of a generation into Faiss files on this machine, in memory that depends on the
 * lists alone. The store stays as it is.
 */
public final class MergeJob extends Job<MergeJob.Todo, List<ShardFile>> {
  private static final long LINE_EVERY_NANOS = 10_000_000_000L;

  private final Generation generation;
  private final Path out;
  private final int files;
  private long lastLine = System.nanoTime();

  /**
   * @param out the file that is written; of several, the name that their numbers come into
   * @param files how many are written, at most one for each shard
   */
  public MergeJob(JobContext context, Generation generation, Path out, int files) {
    super(context);
    this.generation = generation;
    this.out = out.toAbsolutePath();
    this.files = files;
  }

  /**
   * Shards that become one file.
   *
   * @param unfinished of this run alone, so that two at once are in nobody's way
   */
  record Part(Path file, Path unfinished, List<FileRef> shards) {}

  record Todo(List<Part> parts) {}

  @Override
  protected String name() {
    return "merge";
  }

  @Override
  protected Todo plan() {
    List<FileRef> shards = generation.shards(context().store());
    if (files < 1 || files > shards.size()) {
      throw new InputException(
          "--parts is %d: generation %d of '%s' has %d shards, so it is from 1 to %d",
          files, generation.number(), generation.index(), shards.size(), shards.size());
    }
    List<Part> parts = IntStream.range(0, files).mapToObj(i -> part(shards, i)).toList();
    parts.forEach(part -> requireFree(part.file));
    context()
        .console()
        .say(
            "merge generation %d of '%s': %,d entries in %d shards (%s) into %d files",
            generation.number(),
            generation.index(),
            generation.entries(context().store()),
            shards.size(),
            megabytes(shards.stream().mapToLong(FileRef::bytes).sum()),
            files);
    return new Todo(parts);
  }

  /** Shards in their order, about as many for each file. */
  private Part part(List<FileRef> shards, int number) {
    int from = (int) ((long) number * shards.size() / files);
    int to = (int) ((long) (number + 1) * shards.size() / files);
    Path file = files == 1 ? out : numbered(number + 1);
    return new Part(
        file,
        file.resolveSibling("." + file.getFileName() + "." + context().run() + ".part"),
        shards.subList(from, to));
  }

  /** {@code a/photos.faiss} becomes {@code a/photos-3.faiss}. */
  private Path numbered(int number) {
    String name = out.getFileName().toString();
    int dot = name.lastIndexOf('.') <= 0 ? name.length() : name.lastIndexOf('.');
    return out.resolveSibling(name.substring(0, dot) + "-" + number + name.substring(dot));
  }

  private static void requireFree(Path file) {
    if (file.getFileName() == null || Files.isDirectory(file)) {
      throw new InputException("--out is %s, a folder: give the name of a file in it", file);
    }
    if (Files.exists(file)) {
      throw new InputException("%s exists: give another --out, or delete it", file);
    }
    if (!Files.isDirectory(file.getParent())) {
      throw new InputException("There is no folder %s for --out: make it", file.getParent());
    }
  }

  @Override
  protected List<ShardFile> run(Todo todo) {
    String id = generation.inputs().quantizer();
    List<ShardFile> written = new ArrayList<>();
    try (Quantizer quantizer =
        Quantizers.open(context().store(), Quantizers.require(context().store(), id))) {
      for (Part part : todo.parts) {
        written.add(write(quantizer, part));
      }
    } catch (FaissException e) {
      withdraw(todo);
      throw new JobFailedException("%s", e.getMessage());
    } catch (RuntimeException e) {
      withdraw(todo);
      throw e;
    }
    return written;
  }

  /** The shards are here, checked, only as long as they are read. */
  private ShardFile write(Quantizer quantizer, Part part) {
    List<LocalCopy> copies = new ArrayList<>();
    try {
      for (FileRef shard : part.shards) {
        copies.add(LocalCopy.of(context().store(), shard, out.getParent()));
        tell(copies.size(), part.shards.size());
      }
      return MergedShards.write(
          quantizer, copies.stream().map(LocalCopy::path).toList(), part.unfinished());
    } finally {
      copies.forEach(LocalCopy::close);
    }
  }

  private void tell(int here, int all) {
    long now = System.nanoTime();
    if (now - lastLine >= LINE_EVERY_NANOS) {
      lastLine = now;
      context().console().say("  %d of %d shards are here", here, all);
    }
  }

  @Override
  protected void verify(Todo todo, List<ShardFile> written) {
    long entries = written.stream().mapToLong(ShardFile::entries).sum();
    long shards = generation.entries(context().store());
    if (entries != shards) {
      withdraw(todo);
      throw new JobFailedException(
          "%,d entries of the shards, but %,d were written", shards, entries);
    }
  }

  /** What this run has written is large, and nothing without the rest. */
  private static void withdraw(Todo todo) {
    for (Part part : todo.parts) {
      try {
        Files.deleteIfExists(part.unfinished());
      } catch (IOException e) {
        throw new JobFailedException("%s cannot be deleted: %s", part.unfinished(), e.getMessage());
      }
    }
  }

  /** A file gets its name when all are whole, and never takes that of another. */
  @Override
  protected void commit(Todo todo, List<ShardFile> written) {
    for (Part part : todo.parts) {
      try {
        Files.createLink(part.file, part.unfinished());
        Files.delete(part.unfinished());
      } catch (FileAlreadyExistsException e) {
        throw new JobFailedException(
            "%s has come meanwhile: what was merged is %s", part.file, part.unfinished());
      } catch (UnsupportedOperationException | IOException e) {
        throw new JobFailedException(
            "%s cannot be renamed to %s: %s", part.unfinished(), part.file, e.getMessage());
      }
    }
  }

  @Override
  protected void report(Todo todo, List<ShardFile> written) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("file", "entries", "bytes", "SHA-256"));
    for (int i = 0; i < written.size(); i++) {
      ShardFile file = written.get(i);
      rows.add(
          List.of(
              todo.parts.get(i).file.toString(),
              String.format(Locale.ROOT, "%,d", file.entries()),
              String.format(Locale.ROOT, "%,d", file.bytes()),
              file.sha256()));
    }
    context().console().table(rows);
    context()
        .console()
        .say(
            "  books: %,d entries of %d shards = %,d in %d files",
            generation.entries(context().store()),
            todo.parts.stream().mapToInt(part -> part.shards.size()).sum(),
            written.stream().mapToLong(ShardFile::entries).sum(),
            written.size());
  }

  @Override
  protected Counts books(List<ShardFile> written) {
    return new Counts()
        .add("entries", written.stream().mapToLong(ShardFile::entries).sum())
        .add("files", written.size());
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%,.1f MB", bytes / 1e6);
  }
}
