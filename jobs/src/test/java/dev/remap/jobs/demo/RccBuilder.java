package dev.remap.jobs.demo;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.Deflater;

/** Writes Qt resource files by the description of the format, breadth first as Qt's rcc does. */
final class RccBuilder {
  static final int STORED = 0;
  static final int ZLIB = 1;
  static final int ZSTD = 4;

  private static final class Node {
    final Map<String, Node> children = new TreeMap<>();
    String name = "";
    int flags = 2;
    byte[] data = {};
    int firstChild;
  }

  private final Node root = new Node();
  private final int version;

  RccBuilder(int version) {
    this.version = version;
  }

  RccBuilder file(String path, byte[] bytes, int flags) {
    Node at = root;
    for (String name : path.split("/", -1)) {
      at = at.children.computeIfAbsent(name, n -> new Node());
      at.name = name;
    }
    at.flags = flags;
    at.data = bytes;
    return this;
  }

  byte[] build() {
    List<Node> nodes = new ArrayList<>(List.of(root));
    for (int i = 0; i < nodes.size(); i++) {
      nodes.get(i).firstChild = nodes.size();
      nodes.addAll(nodes.get(i).children.values());
    }
    int header = version == 3 ? 24 : 20;
    int nodeBytes = version == 1 ? 14 : 22;
    int names = header + nodes.size() * nodeBytes;
    int data = names + nodes.stream().mapToInt(n -> 6 + 2 * n.name.length()).sum();
    int end = data + nodes.stream().mapToInt(n -> 4 + n.data.length).sum();
    ByteBuffer out = ByteBuffer.allocate(end).putInt(0x71726573).putInt(version);
    out.putInt(header).putInt(data).putInt(names);
    int nameAt = names;
    int dataAt = data;
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      out.position(header + i * nodeBytes);
      out.putInt(nameAt - names).putShort((short) node.flags);
      if (node.flags == 2) {
        out.putInt(node.children.size()).putInt(node.firstChild);
      } else {
        out.putInt(0).putInt(dataAt - data);
      }
      out.position(nameAt);
      out.putShort((short) node.name.length()).putInt(node.name.hashCode());
      out.put(node.name.getBytes(StandardCharsets.UTF_16BE));
      nameAt = out.position();
      out.position(dataAt);
      out.putInt(node.data.length).put(node.data);
      dataAt = out.position();
    }
    return out.array();
  }

  /** As Qt's qCompress does. */
  static byte[] compressed(byte[] bytes) {
    Deflater deflater = new Deflater();
    deflater.setInput(bytes);
    deflater.finish();
    byte[] block = new byte[8192];
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(ByteBuffer.allocate(4).putInt(bytes.length).array());
    while (!deflater.finished()) {
      out.write(block, 0, deflater.deflate(block));
    }
    deflater.end();
    return out.toByteArray();
  }
}
