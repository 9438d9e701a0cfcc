#include <iostream>
#include <map>
#include <string>

std::map<std::string, int> clients; // username -> socket

int main(int argc, char **argv) {
  int port = std::stoi(argv[1])
  std::cout << "listening on " << port << "\n";
  // TODO: accept, login, message, list
}
