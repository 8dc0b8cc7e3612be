package dev.remap.jobs.stage.quantize;

import dev.remap.jobs.store.StoreException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the training of centroids is after a number of passes: all that the next one needs.
 *
 * @param passes 0 for those that it begins with
 * @param objective of the centroids before the last pass of an odd number; NaN before the first
 * @param finished whether no further pass is worth it
 * @param centroids one after the other
 */
record TrainingState(int passes, double objective, boolean finished, float[] centroids) {
  private static final int MAGIC = 0x52_4d_54_53;

  void write(Path file) {
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), 1 << 16))) {
      out.writeInt(MAGIC);
      out.writeInt(passes);
      out.writeDouble(objective);
      out.writeBoolean(finished);
      out.writeInt(centroids.length);
      for (float component : centroids) {
        out.writeFloat(component);
      }
    } catch (IOException e) {
      throw StoreException.of("write", file, e);
    }
  }

  /** Reads what was written; the file has been checked against its digest. */
  static TrainingState read(Path file) {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
      if (in.readInt() != MAGIC) {
        throw new StoreException(file + " is no state of a training");
      }
      int passes = in.readInt();
      double objective = in.readDouble();
      boolean finished = in.readBoolean();
      float[] centroids = new float[in.readInt()];
      for (int i = 0; i < centroids.length; i++) {
        centroids[i] = in.readFloat();
      }
      return new TrainingState(passes, objective, finished, centroids);
    } catch (IOException e) {
      throw StoreException.of("read", file, e);
    }
  }
}
