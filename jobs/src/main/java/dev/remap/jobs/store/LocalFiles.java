package dev.remap.jobs.store;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** What it takes for a file on a local disk to be there after a power cut. */
final class LocalFiles {
  private LocalFiles() {}

  static Path of(org.apache.hadoop.fs.Path path) {
    return Path.of(path.toUri().getPath());
  }

  /** Creates the folder and those above it, each entry forced to the disk. */
  static void makeFolder(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    Path parent = folder.toAbsolutePath().getParent();
    makeFolder(parent);
    try {
      Files.createDirectory(folder);
    } catch (FileAlreadyExistsException e) {
      // One that is gone again is its next user's to make.
      if (!Files.isDirectory(folder) && Files.exists(folder)) {
        throw e;
      }
    }
    syncFolder(parent);
  }

  /** Writes a new file and forces it to the disk. */
  static void write(Path file, ByteSource content) throws IOException {
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        OutputStream out = Channels.newOutputStream(channel)) {
      content.writeTo(out);
      channel.force(true);
    }
  }

  /** Forces a folder's entries to the disk. */
  static void syncFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** The first folder on the way from a root to a path, both excluded, that is a link. */
  static Optional<Path> linkAbove(Path root, Path path) {
    Path at = root;
    for (Path name : root.relativize(path.getParent())) {
      at = at.resolve(name);
      if (Files.isSymbolicLink(at)) {
        return Optional.of(at);
      }
    }
    return Optional.empty();
  }

  /** A link at or below a path that is, or may be, one to a folder. */
  static Optional<Path> linkedFolder(Path folder) throws IOException {
    List<Path> found = new ArrayList<>();
    visit(
        folder,
        (file, attributes) -> {
          if (attributes.isSymbolicLink() && !Files.isRegularFile(file)) {
            found.add(file);
          }
        });
    return found.stream().findFirst();
  }

  /** Visits every file below a folder, by what it is and not by what a link leads to. */
  static void walk(Path folder, BiConsumer<Path, BasicFileAttributes> visitor) throws IOException {
    visit(
        folder,
        (file, attributes) -> {
          if (attributes.isRegularFile()) {
            visitor.accept(file, attributes);
          }
        });
  }

  private static void visit(Path folder, BiConsumer<Path, BasicFileAttributes> visitor)
      throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            visitor.accept(file, attributes);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw e;
          }
        });
  }

  /** Removes a folder and those below it, as far as they are empty. */
  static void prune(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult postVisitDirectory(Path below, IOException e) throws IOException {
            try {
              Files.deleteIfExists(below);
            } catch (DirectoryNotEmptyException notEmpty) {
              // Something else is in it, or has been put there in this moment.
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw e;
          }
        });
  }
}
