package dev.remap.index.jfaiss;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A folder for files that natives will read, where anybody may have made one of that name before.
 */
public final class PrivateFolder {
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rwx------");

  private PrivateFolder() {}

  /**
   * Makes it where it is not there.
   *
   * @param otherwise what its user can do besides deleting what is there, for the message
   * @throws IllegalStateException if it is no folder, another user's, or open to others
   */
  public static void create(Path folder, String otherwise) throws IOException {
    Files.createDirectories(folder.getParent());
    try {
      Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(PRIVATE));
    } catch (FileAlreadyExistsException e) {
      check(folder, otherwise);
    }
  }

  private static void check(Path folder, String otherwise) throws IOException {
    PosixFileAttributes attributes =
        Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!attributes.isDirectory()
        || !PRIVATE.containsAll(attributes.permissions())
        || !attributes.owner().equals(self(folder))) {
      throw new IllegalStateException(
          "%s must be a folder of this user alone, but belongs to %s with %s: delete it, or %s"
              .formatted(
                  folder,
                  attributes.owner(),
                  PosixFilePermissions.toString(attributes.permissions()),
                  otherwise));
    }
  }

  /** A file of ours tells who we are, even where the user has no name. */
  private static Object self(Path folder) throws IOException {
    Path probe = Files.createTempFile(folder, "owner", ".tmp");
    try {
      return Files.getOwner(probe);
    } finally {
      Files.delete(probe);
    }
  }
}
