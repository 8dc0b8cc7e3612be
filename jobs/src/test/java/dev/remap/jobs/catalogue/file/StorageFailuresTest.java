package dev.remap.jobs.catalogue.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.catalogue.FailingFileSystem;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.store.StoreException;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.fs.s3a.UnknownStoreException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorageFailuresTest {
  private final InputException wrong = new InputException("wrong");

  @TempDir private Path folder;

  @AfterEach
  void leave() {
    FailingFileSystem.leave();
  }

  @Test
  void onlyWhatAStorageWillSayAgainIsTheUsersFault() {
    for (IOException lasting :
        List.of(
            new FileNotFoundException("x"),
            new AccessDeniedException("x"),
            new UnsupportedFileSystemException("x"),
            new UnknownStoreException("x", "no bucket"),
            new IOException(new FileNotFoundException("x")))) {
      assertThat(StorageFailures.told("list", "s3a://b/x", lasting, wrong))
          .as("%s", lasting)
          .isSameAs(wrong);
    }
    for (IOException passing :
        List.of(new IOException("reset"), new ConnectException("x"), new EOFException("x"))) {
      assertThat(StorageFailures.told("list", "s3a://b/x", passing, wrong))
          .as("%s", passing)
          .isInstanceOf(StoreException.class)
          .hasMessageStartingWith("Could not list s3a://b/x: ");
    }
  }

  /** As Spark's readers wrap it, which ask the storage themselves. */
  @Test
  void ofWhatALibraryThrowsOnlyWhatNoContentCausesIsTheStorages() {
    assertThat(StorageFailures.in(new RuntimeException(new SocketTimeoutException("late")), "x"))
        .hasValueSatisfying(told -> assertThat(told).hasMessage("Could not read x: late"));
    assertThat(
            StorageFailures.in(
                new IOException(StoreException.of("read", "y", new IOException("reset"))), "x"))
        .hasValueSatisfying(told -> assertThat(told).hasMessage("Could not read y: reset"));
    for (Exception content :
        List.of(new ZipException("x"), new EOFException("x"), new IOException("no such codec"))) {
      assertThat(StorageFailures.in(new RuntimeException(content), "x")).isEmpty();
    }
  }

  @Test
  void aFolderThatCannotBeListedForNowIsNotCalledWrong() {
    Configuration conf = new Configuration(false);
    conf.setClass("fs.file.impl", FailingFileSystem.class, org.apache.hadoop.fs.FileSystem.class);
    conf.setBoolean("fs.file.impl.disable.cache", true);
    HadoopFolders folders = new HadoopFolders(folder + "/", Selection.of(List.of("jpg")));

    FailingFileSystem.fail(folder.getFileName().toString(), 0, 1);
    assertThatThrownBy(() -> folders.list(new TreeFolder(folder.toString(), "", ""), conf))
        .isInstanceOf(StoreException.class)
        .hasMessage("Could not list %s: the wire was cut", folder);

    assertThatThrownBy(() -> folders.list(new TreeFolder(folder + "/gone", "", ""), conf))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("gone cannot be listed");
  }
}
