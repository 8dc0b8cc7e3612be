package dev.remap.jobs.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.stream.Stream;
import org.apache.hadoop.hdfs.protocol.DSQuotaExceededException;
import org.apache.hadoop.security.AccessControlException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class StoreExceptionTest {
  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(new AccessControlException("x"), "no permission"),
        Arguments.of(new AccessDeniedException("x"), "no permission"),
        Arguments.of(new FileNotFoundException("/a (Permission denied)"), "no permission"),
        Arguments.of(new IOException("No space left on device"), "no space is left"),
        Arguments.of(new IOException("/a: Disk quota exceeded"), "no space is left"),
        Arguments.of(new DSQuotaExceededException(1, 2), "no space is left"),
        Arguments.of(
            new IOException("File /a could only be written to 0 of the 1 minReplication nodes."),
            "no space is left"),
        Arguments.of(new FileNotFoundException("/a (Read-only file system)"), "read-only"),
        Arguments.of(new FileSystemException("/a", null, "Read-only file system"), "read-only"),
        Arguments.of(new FileNotFoundException("x"), "does not exist"),
        Arguments.of(new NoSuchFileException("x"), "does not exist"),
        Arguments.of(new UnknownHostException("x"), "cannot be reached"),
        Arguments.of(new ConnectException("x"), "cannot be reached"),
        Arguments.of(new IOException("strange\nand more"), ": strange"),
        Arguments.of(new IOException(), "IOException"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void saysInOneLineWhatHappenedWhereAndWhatToDo(IOException cause, String expected) {
    StoreException exception = StoreException.of("write", "hdfs://host/store/x", cause);

    assertThat(exception)
        .hasMessageStartingWith("Could not write hdfs://host/store/x: ")
        .hasMessageContaining(expected)
        .hasCause(cause);
    assertThat(exception.getMessage()).doesNotContain("\n");
  }

  @Test
  void tellsAFileThatIsMissingOrDamagedFromAStorageThatFails() {
    FileNotFoundException gone = new FileNotFoundException("/a");

    assertThat(StoreException.of("read", "/a", gone).lost()).contains("/a");
    assertThat(StoreException.of("read", "/a", new NoSuchFileException("/a")).lost())
        .contains("/a");
    assertThat(StoreException.missing("/a", "Make it.").lost()).contains("/a");
    assertThat(StoreException.missing("/a", "Make it.")).hasMessage("Make it.");
    assertThat(StoreException.damaged("/a", "a byte is wrong").lost()).contains("/a");
    // The temporary folder, say.
    assertThat(StoreException.of("copy /b to", "/a", gone).lost()).isEmpty();
    assertThat(StoreException.of("read", "/a", new IOException("503 Slow Down")).lost()).isEmpty();
    FileNotFoundException denied = new FileNotFoundException("/a (Permission denied)");
    assertThat(StoreException.of("read", "/a", denied).lost()).isEmpty();
    assertThat(new StoreException("x").lost()).isEmpty();
  }
}
